import YogiyogidProgram

@main struct Program {
    static func main() async { await runYogiyogidProgram() }
}

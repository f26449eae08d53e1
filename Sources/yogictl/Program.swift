import YogictlProgram

@main struct Program {
    static func main() async {
        prepareYogictlProgram()
        await runYogictlProgram()
    }
}

import YogictlProgram

// No top-level code: that would hand over to another thread first, and libdispatch has something to say when it makes one.
@main struct Program {
    static func main() async { await runYogictlProgram() }
}

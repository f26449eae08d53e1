import YogictlProgram

await runYogictlProgram()

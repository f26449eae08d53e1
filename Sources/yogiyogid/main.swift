import YogiyogidProgram

await runYogiyogidProgram()

// WorkflowFile

// PipelineIR

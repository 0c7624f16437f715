// PipelineSyntax

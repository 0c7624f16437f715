// EMRBackend

import DataflowRunnerBackend
import Targets
import Testing

@Suite struct DataflowRunnerTests {}

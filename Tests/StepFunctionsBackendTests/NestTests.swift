import Testing

@Suite struct NestTests {}

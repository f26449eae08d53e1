import Testing

/// One after the other: they share two event loops, and each has deadlines of its own that another's load would miss.
@Suite(.serialized)
enum TransportTests {}

"""The console as numbered questions and answers, for screen readers and terminals that only print lines."""

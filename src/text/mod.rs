//! Text: characters, normal forms, tokens, sentences and clitic views over an untouched source.

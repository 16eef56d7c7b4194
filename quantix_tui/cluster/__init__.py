"""The domain: what a control plane address, a registration token, a state, an error *is*. No I/O."""

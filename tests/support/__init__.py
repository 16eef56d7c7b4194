"""What several tests lean on: waiting for conditions, real terminals, real processes, pictures, leaks."""

"""Setting a node up: the answers, whether they are right, the exact changes they mean, and making them. No screen."""

"""The logs of this machine: the journal and plain files, read in pages from either end and followed."""

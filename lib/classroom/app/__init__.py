"""The `nextword` command: the lab, data, updates, the doctor, and the reader's copies of exercises."""

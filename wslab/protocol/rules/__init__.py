"""What the RFCs demand: one function a rule, and the verbs that hold them all."""

"""The grader of notebook 12: clients, stages and a rubric for a learner's chat server."""

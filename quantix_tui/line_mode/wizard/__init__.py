"""The first-boot wizard as questions and answers: the same answers, rules and steps as on its pages."""

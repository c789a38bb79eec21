"""Pictures as the sensory buffer receives them: reading them, their regions, and stacks of them with what is true."""

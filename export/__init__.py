"""What recognition said and what people said, for tools that label and train."""

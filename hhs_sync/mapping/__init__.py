"""What the practice decided in advance: rules as data, dated, looked up exactly."""

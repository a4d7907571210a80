"""The model in service and the one on trial; what people decided, learned."""

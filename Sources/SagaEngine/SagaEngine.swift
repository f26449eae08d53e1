// SagaEngine

// SagaCore

// SagaStore
import GRDB

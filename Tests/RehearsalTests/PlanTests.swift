import Rehearsal
import Testing

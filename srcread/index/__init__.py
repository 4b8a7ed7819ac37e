"""Files to symbols, trees and digests, on demand."""

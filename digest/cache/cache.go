// Package cache is a bounded cache of recent results.
package cache

import lru "github.com/hashicorp/golang-lru/v2"

// LRU is a cache that drops what was used longest ago. It is safe for concurrent use.
type LRU[K comparable, V any] = lru.Cache[K, V]

// New returns a cache of at most size entries. A size below one is a fault of the program.
func New[K comparable, V any](size int) *LRU[K, V] {
	c, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // size is a positive constant
	}
	return c
}

package placement

import "stagora.org/stagora/internal/capability"

// Capability returns what this package declares.
func Capability() capability.Capability {
	return capability.Capability{
		Name:    "placement",
		Actions: []string{"placement.replaced", "placement.cancelled", "placement.counted", "placement.discounted"},
	}
}

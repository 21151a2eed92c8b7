//go:build unix

package store

import "syscall"

// room returns how many bytes a folder's disk has left for us.
func room(dir string) (uint64, error) {
	var disk syscall.Statfs_t
	err := syscall.Statfs(dir, &disk)
	return uint64(disk.Bavail) * uint64(disk.Bsize), err //nolint:unconvert // the types differ between systems
}

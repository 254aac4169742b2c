// Weir takes many feeds in and gives one clean stream out. See the README for
// what it does and `weir help` for how to use it.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

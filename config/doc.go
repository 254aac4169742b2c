// Package config turns config.yaml into a typed, defaulted and validated
// value.
//
// Call [Load] with the file's path, a look-up of the environment and the
// command line's settings; [Default] stands in where there is no file. A
// [Config] that comes back holds only values in force: durations are parsed,
// paths absolute, rules compiled, ids assigned, the channel "all" present.
// [Config.Sources], [Config.Rules] and [Config.Selections] give the parts that
// the other rooms take.
//
// What is promised:
//
//   - Nothing is guessed. An unknown key, a key said twice, a value of the
//     wrong type or out of range is a [Problem] with line, column and a way
//     out, and all of them are told at once as [Problems].
//   - A setting comes from the flag, else from the WEIR_* variable named after
//     its key, else from the file, else it has the default.
//   - Nothing secret is shown: problems quote a value as the file spells it,
//     before ${VAR} was replaced and with user names, passwords and query
//     values covered; an [Address] prints covered too.
//   - Reading is bounded in size, depth and count, whatever the file holds.
//   - The result depends on the file, the environment, the flags and the
//     folder alone: no clock, no network, no look at the disk beside the file.
package config

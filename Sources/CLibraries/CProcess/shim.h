#pragma once
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>

// glibc declares these only with _GNU_SOURCE, without which Swift reads it.
int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

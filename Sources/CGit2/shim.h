#pragma once
#include <git2.h>
/* git_libgit2_opts is variadic, which Swift does not import; these wrappers are. */
static inline int lockstep_git_set_owner_validation(int on) { return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, on); }
static inline int lockstep_git_set_ssl_cert_locations(const char *file, const char *path) { return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, path); }
static inline int lockstep_git_set_search_path(int level, const char *path) { return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path); }
static inline int lockstep_git_set_cache_max(long long n) { return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)n); }
static inline int lockstep_git_set_mwindow_mapped_limit(size_t n) { return git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, n); }
static inline int lockstep_git_set_server_timeouts_supported(void) {
#ifdef GIT_OPT_SET_SERVER_TIMEOUT
  return 1;
#else
  return 0;
#endif
}
static inline int lockstep_git_set_pack_max_objects(size_t n) { return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, n); }
static inline int lockstep_git_set_pack_max_object_size(size_t n) { return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, n); }
/* glibc (2.34) declares this only for C with _GNU_SOURCE, which Swift does not set. */
#include <spawn.h>
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int lockstep_spawn_close_from(posix_spawn_file_actions_t *actions, int from) { return posix_spawn_file_actions_addclosefrom_np(actions, from); }

/*
 * Runs a program that may do less than whoever starts it: without capabilities, with no way to get any, and with what
 * else is asked for.
 *
 *   confine [--docker] [--deny CALL ERROR]... [--files N] [--locked BYTES] -- PROGRAM [ARGUMENT]...
 *
 *   --docker    a filter that refuses the calls which Docker's default profile names as significant; see
 *               https://docs.docker.com/engine/security/seccomp/
 *   --deny      a filter that has a call fail with EPERM or ENOSYS
 *   --files     descriptors (RLIMIT_NOFILE)
 *   --locked    bytes of locked memory (RLIMIT_MEMLOCK)
 *
 * Exit code 125 and a line if it cannot; else that of the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "another processor"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct call {
  const char *name;
  unsigned number;
};

/* What a test may name. */
static const struct call CALLS[] = {
    {"io_uring_setup", SYS_io_uring_setup},
    {"recvmmsg", SYS_recvmmsg},
    {"sendmmsg", SYS_sendmmsg},
};

/* Refused with EPERM by Docker's default profile, without a capability that would allow them. */
static const unsigned DOCKER[] = {
    SYS_acct,           SYS_add_key,        SYS_bpf,
    SYS_clock_settime,  SYS_delete_module,  SYS_finit_module,
    SYS_get_mempolicy,  SYS_init_module,    SYS_io_uring_enter,
    SYS_io_uring_register, SYS_io_uring_setup, SYS_kcmp,
    SYS_kexec_load,     SYS_keyctl,         SYS_mbind,
    SYS_mount,          SYS_move_pages,     SYS_open_by_handle_at,
    SYS_perf_event_open, SYS_pivot_root,    SYS_process_vm_readv,
    SYS_process_vm_writev, SYS_quotactl,    SYS_reboot,
    SYS_request_key,    SYS_set_mempolicy,  SYS_setns,
    SYS_settimeofday,   SYS_swapoff,        SYS_swapon,
    SYS_umount2,        SYS_unshare,        SYS_userfaultfd,
};

static struct sock_filter filter[256];
static unsigned short filter_length;

static void fail(const char *what) {
  fprintf(stderr, "confine: %s: %s\n", what, strerror(errno));
  exit(125);
}

static void usage(const char *what) {
  fprintf(stderr, "confine: %s\n", what);
  exit(125);
}

static void append(struct sock_filter instruction) {
  if (filter_length == COUNT(filter)) {
    usage("too many calls");
  }
  filter[filter_length++] = instruction;
}

static void begin_filter(void) {
  if (filter_length > 0) {
    return;
  }
  append((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
  append((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0));
  append((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  append((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
}

static void deny(unsigned number, unsigned error) {
  begin_filter();
  append((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
  append((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
}

static void deny_as_docker(void) {
  for (size_t i = 0; i < COUNT(DOCKER); i++) {
    deny(DOCKER[i], EPERM);
  }
  deny(SYS_clone3, ENOSYS); /* so that C libraries take clone, whose flags the profile can see */
}

static void deny_by_name(const char *name, const char *error) {
  unsigned code = strcmp(error, "EPERM") == 0 ? EPERM : strcmp(error, "ENOSYS") == 0 ? ENOSYS : 0;
  for (size_t i = 0; i < COUNT(CALLS) && code != 0; i++) {
    if (strcmp(CALLS[i].name, name) == 0) {
      deny(CALLS[i].number, code);
      return;
    }
  }
  usage("--deny takes a call that is listed, and EPERM or ENOSYS");
}

static void limit(int resource, const char *number) {
  struct rlimit both;
  both.rlim_cur = both.rlim_max = strtoul(number, NULL, 10);
  if (setrlimit(resource, &both) != 0) {
    fail("setrlimit");
  }
}

/* Whoever has none cannot drop any from the bounding set, and need not. */
static void drop_capabilities(void) {
  static struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  static struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  int known;
  for (int capability = 0; (known = prctl(PR_CAPBSET_READ, capability, 0, 0, 0)) >= 0; capability++) {
    if (known == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && geteuid() == 0) {
      fail("dropping a capability");
    }
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (syscall(SYS_capset, &header, none) != 0) {
    fail("capset");
  }
}

static void install_filter(void) {
  append((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  struct sock_fprog program = {filter_length, filter};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
    fail("seccomp");
  }
}

int main(int argc, char **argv) {
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--docker") == 0) {
      deny_as_docker();
    } else if (strcmp(argv[i], "--deny") == 0 && i + 2 < argc) {
      deny_by_name(argv[i + 1], argv[i + 2]);
      i += 2;
    } else if (strcmp(argv[i], "--files") == 0 && i + 1 < argc) {
      limit(RLIMIT_NOFILE, argv[++i]);
    } else if (strcmp(argv[i], "--locked") == 0 && i + 1 < argc) {
      limit(RLIMIT_MEMLOCK, argv[++i]);
    } else {
      usage(argv[i]);
    }
  }
  if (i + 1 >= argc) {
    usage("no program");
  }
  drop_capabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    fail("no_new_privs");
  }
  if (filter_length > 0) {
    install_filter();
  }
  execvp(argv[i + 1], argv + i + 1);
  fail(argv[i + 1]);
}

#include "memory.h"

#include "queues.h"

enum { PAGE = 4096 };

/*
 * Leaf functions whose one faulting instruction has a label before and behind it. After a fault
 * there the exception handler goes on behind: copy and fill then answer the bytes that were not
 * done, scan answers 2.
 */
uint64_t raw_copy(void *to, const void *from, uint64_t length);
uint64_t raw_fill(void *to, uint64_t byte, uint64_t length);
uint64_t raw_scan(const void *at, uint64_t pattern, uint64_t words);
extern char raw_copy_at[], raw_copy_end[], raw_fill_at[], raw_fill_end[], raw_scan_at[],
    raw_scan_fault[];

__asm__(
    ".text\n"
    ".globl raw_copy, raw_copy_at, raw_copy_end, raw_fill, raw_fill_at, raw_fill_end\n"
    ".globl raw_scan, raw_scan_at, raw_scan_fault\n"
    "raw_copy:\n"
    "  mov %rdi, %r9\n"
    "  mov %rsi, %r10\n"
    "  mov %rcx, %rdi\n"
    "  mov %rdx, %rsi\n"
    "  mov %r8, %rcx\n"
    "raw_copy_at:\n"
    "  rep movsb\n"
    "raw_copy_end:\n"
    "  mov %rcx, %rax\n"
    "  mov %r9, %rdi\n"
    "  mov %r10, %rsi\n"
    "  ret\n"
    "raw_fill:\n"
    "  mov %rdi, %r9\n"
    "  mov %rcx, %rdi\n"
    "  mov %rdx, %rax\n"
    "  mov %r8, %rcx\n"
    "raw_fill_at:\n"
    "  rep stosb\n"
    "raw_fill_end:\n"
    "  mov %rcx, %rax\n"
    "  mov %r9, %rdi\n"
    "  ret\n"
    "raw_scan:\n"
    "  mov %rdi, %r9\n"
    "  mov %rcx, %rdi\n"
    "  mov %rdx, %rax\n"
    "  mov %r8, %rcx\n"
    "  cmp %rax, %rax\n"
    "raw_scan_at:\n"
    "  repe scasq\n"
    "  setne %al\n"
    "  movzbl %al, %eax\n"
    "  mov %r9, %rdi\n"
    "  ret\n"
    "raw_scan_fault:\n"
    "  mov $2, %eax\n"
    "  mov %r9, %rdi\n"
    "  ret\n");

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *exception) {
  EXCEPTION_RECORD *record = exception->ExceptionRecord;
  if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION &&
      record->ExceptionCode != EXCEPTION_IN_PAGE_ERROR) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  if (record->NumberParameters >= 2 &&
      unhide_touched(record->ExceptionInformation[1], record->ExceptionInformation[0] == 1)) {
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  DWORD64 *at = &exception->ContextRecord->Rip;
  if (*at == (DWORD64)raw_copy_at) {
    *at = (DWORD64)raw_copy_end;
  } else if (*at == (DWORD64)raw_fill_at) {
    *at = (DWORD64)raw_fill_end;
  } else if (*at == (DWORD64)raw_scan_at) {
    *at = (DWORD64)raw_scan_fault;
  } else {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  return EXCEPTION_CONTINUE_EXECUTION;
}

void memory_start(void) { AddVectoredExceptionHandler(1, on_exception); }

bool copy_guarded(void *to, const void *from, size_t length) {
  return raw_copy(to, from, length) == 0;
}

bool fill_guarded(uint64_t at, char byte, size_t length) {
  return raw_fill((void *)at, (unsigned char)byte, length) == 0;
}

enum scan scan_guarded(uint64_t at, char byte, size_t length) {
  uint64_t pattern = (unsigned char)byte * 0x0101010101010101ull;
  uint64_t found = raw_scan((void *)at, pattern, length / 8);
  if (found != 0) return found == 2 ? SCAN_FAULT : SCAN_DIFFERENT;
  char tail[8];
  if (!copy_guarded(tail, (void *)(at + length / 8 * 8), length % 8)) return SCAN_FAULT;
  for (size_t i = 0; i < length % 8; i++) {
    if (tail[i] != byte) return SCAN_DIFFERENT;
  }
  return SCAN_EQUAL;
}

bool checksum_guarded(uint64_t at, size_t length, uint64_t *checksum) {
  uint64_t sum = length, words[64];
  for (size_t done = 0; done < length;) {
    size_t part = length - done < sizeof words ? length - done : sizeof words;
    words[(part - 1) / 8] = 0;
    if (!copy_guarded(words, (void *)(at + done), part)) return false;
    for (size_t i = 0; i < (part + 7) / 8; i++) {
      sum = (sum ^ words[i]) * 0x9E3779B97F4A7C15ull;
      sum ^= sum >> 29;
    }
    done += part;
  }
  *checksum = sum;
  return true;
}

bool is_readable_and_writable(uint64_t start, uint64_t length) {
  for (uint64_t at = start; at < start + length;) {
    MEMORY_BASIC_INFORMATION info;
    if (VirtualQuery((void *)at, &info, sizeof info) == 0) return false;
    const DWORD writable =
        PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
    if (info.State != MEM_COMMIT || (info.Protect & writable) == 0 ||
        (info.Protect & PAGE_GUARD) != 0)
      return false;
    at = (uint64_t)info.BaseAddress + info.RegionSize;
  }
  return true;
}

static bool change_pages(uint64_t start, uint64_t length, DWORD protection) {
  uint64_t first = (start + PAGE - 1) / PAGE * PAGE, end = (start + length) / PAGE * PAGE;
  DWORD before;
  return first < end && VirtualProtect((void *)first, end - first, protection, &before);
}

bool hide_pages(uint64_t start, uint64_t length) {
  return change_pages(start, length, PAGE_NOACCESS);
}

void show_pages(uint64_t start, uint64_t length) { change_pages(start, length, PAGE_READWRITE); }

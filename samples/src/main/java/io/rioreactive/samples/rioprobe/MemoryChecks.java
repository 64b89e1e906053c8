package io.rioreactive.samples.rioprobe;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.RioFunctions;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How much memory can be registered, in how many pieces. */
final class MemoryChecks {

  private static final int PAGE = 4_096;
  private static final int REGISTRATIONS = 10_000;
  private static final int LARGE = 200 << 20;

  private MemoryChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "10,000 registrations of one page each are made",
            "yes: one for each send slot",
            true,
            MemoryChecks::manyRegistrations),
        new Check(
            "One registration of 200 MiB is made",
            "yes: up to 256 MiB at once",
            true,
            MemoryChecks::largeRegistration));
  }

  private static Answer manyRegistrations() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    RioFunctions rio = calls.rio();
    long memory = allocate(calls, (long) REGISTRATIONS * PAGE);
    Set<Long> ids = new HashSet<>();
    try {
      for (int i = 0; i < REGISTRATIONS; i++) {
        long id = rio.RIORegisterBuffer(memory + (long) i * PAGE, PAGE);
        if (id == Constants.RIO_INVALID_BUFFERID) {
          return Answer.refuted(
              "registration %,d fails with %s".formatted(i + 1, WindowsCalls.text(rio.error())));
        }
        ids.add(id);
      }
      return Answer.of(
          ids.size() == REGISTRATIONS, "all are made, %,d different ids".formatted(ids.size()));
    } finally {
      ids.forEach(rio::RIODeregisterBuffer);
      free(calls, memory);
    }
  }

  private static Answer largeRegistration() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    RioFunctions rio = calls.rio();
    long memory = allocate(calls, LARGE);
    try {
      long id = rio.RIORegisterBuffer(memory, LARGE);
      if (id == Constants.RIO_INVALID_BUFFERID) {
        return Answer.refuted("fails with " + WindowsCalls.text(rio.error()));
      }
      rio.RIODeregisterBuffer(id);
      return Answer.confirmed("it is made");
    } finally {
      free(calls, memory);
    }
  }

  private static long allocate(WindowsCalls calls, long bytes) throws IOException {
    return WindowsCalls.succeeded(
        "VirtualAlloc",
        calls.kernel32.VirtualAlloc(
            Constants.NULL,
            bytes,
            Constants.MEM_RESERVE | Constants.MEM_COMMIT,
            Constants.PAGE_READWRITE));
  }

  private static void free(WindowsCalls calls, long memory) {
    calls.kernel32.VirtualFree(memory, 0, Constants.MEM_RELEASE);
  }
}

package io.rioreactive.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.FileSystems;

/** Whether this Windows is Wine, for what Wine is known to do otherwise (docs/WINDOWS.md). */
public final class Wine {

  private static final boolean IS_THERE = find();

  private Wine() {}

  /** Whether it is. */
  public static boolean isThere() {
    return IS_THERE;
  }

  @SuppressWarnings("restricted")
  private static boolean find() {
    if (!FileSystems.getDefault().getSeparator().equals("\\")) {
      return false;
    }
    return SymbolLookup.libraryLookup("ntdll", Arena.global()).find("wine_get_version").isPresent();
  }
}

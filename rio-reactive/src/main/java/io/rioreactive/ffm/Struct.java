package io.rioreactive.ffm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of a C struct, from its members in the order of their declaration. Padding is put
 * where the C compiler puts it, so that a layout reads like its declaration.
 *
 * <p>Immutable; any thread.
 */
public final class Struct {

  private final StructLayout layout;

  private Struct(StructLayout layout) {
    this.layout = layout;
  }

  /** Lays out a struct. Every member needs a name. */
  public static Struct of(String name, MemoryLayout... members) {
    List<MemoryLayout> elements = new ArrayList<>();
    long offset = 0;
    long alignment = 1;
    for (MemoryLayout member : members) {
      offset = align(elements, offset, member.byteAlignment());
      elements.add(member);
      offset += member.byteSize();
      alignment = Math.max(alignment, member.byteAlignment());
    }
    align(elements, offset, alignment);
    MemoryLayout[] all = elements.toArray(MemoryLayout[]::new);
    return new Struct(MemoryLayout.structLayout(all).withName(name));
  }

  private static long align(List<MemoryLayout> elements, long offset, long alignment) {
    long padding = -offset & (alignment - 1);
    if (padding > 0) {
      elements.add(MemoryLayout.paddingLayout(padding));
    }
    return offset + padding;
  }

  /** The struct as a member of another. */
  public StructLayout as(String name) {
    return layout.withName(name);
  }

  /** The layout itself. */
  public StructLayout layout() {
    return layout;
  }

  /** {@code sizeof}. */
  public long size() {
    return layout.byteSize();
  }

  /** {@code offsetof}; members of members by their path. */
  public long offset(String... path) {
    PathElement[] elements = new PathElement[path.length];
    for (int i = 0; i < path.length; i++) {
      elements[i] = PathElement.groupElement(path[i]);
    }
    return layout.byteOffset(elements);
  }
}

package io.rioreactive;

import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recent peers of one pump: from the bytes in a slot to the address object, and back, without
 * allocating. Only a peer that is not there costs objects.
 *
 * <p>A library's cache would need a key object for each look-up, which is the very thing to avoid.
 * This is a set-associative table instead: a hash picks a set of eight entries, the oldest of which
 * gives way. It begins small and grows while it displaces entries, up to a bound, since anyone can
 * send from any number of addresses.
 *
 * <p>Owned by the pump; no other thread.
 */
final class AddressCache {

  private static final int WAYS = 8;
  private static final int SMALLEST = 64;

  /**
   * 16,384 peers: 4,096 of them fit with next to no set overfull. About 1 MiB for both directions
   * when grown.
   */
  static final int LARGEST = 1 << 14;

  private final Table received = new Table();
  private final Table targets = new Table();

  /** Where the last target stands, or stood: the next one is mostly the same. */
  private int lastTarget;

  /** The address at {@code offset} as an object. */
  InetSocketAddress read(SocketAddressFormat format, MemorySegment memory, long offset) {
    long high = format.readHigh(memory, offset);
    long low = format.readLow(memory, offset);
    long portAndScope = format.readPortAndScope(memory, offset);
    int hash = hash(high ^ Long.rotateLeft(portAndScope, 48), low);
    Table table = received;
    int entry = table.find(hash, high, low, portAndScope);
    if (entry >= 0) {
      return table.address(entry);
    }
    InetSocketAddress address = SocketAddressFormat.toAddress(high, low, portAndScope);
    table.add(hash, high, low, portAndScope, address);
    return address;
  }

  /**
   * Writes a resolved address to {@code offset}.
   *
   * @return whether the socket's family can reach it
   */
  boolean write(
      SocketAddressFormat format, MemorySegment memory, long offset, InetSocketAddress address) {
    Table table = targets;
    int entry = lastTarget;
    if (table.address[entry] != address) {
      entry = entryOf(address);
      lastTarget = entry;
    }
    return format.write(
        memory, offset, table.high[entry], table.low[entry], table.portAndScope[entry]);
  }

  private int entryOf(InetSocketAddress target) {
    InetAddress ip = target.getAddress();
    int scope = SocketAddressFormat.scopeOf(ip); // which equals does not look at
    int hash = hash(target.hashCode(), scope);
    int entry = targets.find(hash, target, scope);
    return entry >= 0
        ? entry
        : targets.add(
            hash,
            SocketAddressFormat.high(ip),
            SocketAddressFormat.low(ip),
            SocketAddressFormat.portAndScope(target.getPort(), scope),
            target);
  }

  /** Spreads both numbers over all bits (the finishing step of MurmurHash3). */
  private static int hash(long a, long b) {
    long h = a * 0x9E37_79B9_7F4A_7C15L + b;
    h ^= h >>> 33;
    h *= 0xFF51_AFD7_ED55_8CCDL;
    h ^= h >>> 33;
    h *= 0xC4CE_B9FE_1A85_EC53L;
    return (int) (h ^ h >>> 33);
  }

  /** Entries in sets of {@link #WAYS}; the youngest of a set stands first. */
  private static final class Table {

    private int[] hash = new int[SMALLEST];
    private long[] high = new long[SMALLEST];
    private long[] low = new long[SMALLEST];
    private long[] portAndScope = new long[SMALLEST];
    private @Nullable InetSocketAddress[] address = new InetSocketAddress[SMALLEST];
    private int displaced;

    private int setOf(int hash) {
      return (hash & (this.hash.length / WAYS - 1)) * WAYS;
    }

    InetSocketAddress address(int entry) {
      return Objects.requireNonNull(address[entry], "find answers entries that are there");
    }

    int find(int hash, long high, long low, long portAndScope) {
      int set = setOf(hash);
      for (int i = set; i < set + WAYS; i++) {
        if (this.low[i] == low
            && this.portAndScope[i] == portAndScope
            && this.high[i] == high
            && address[i] != null) {
          return i;
        }
      }
      return -1;
    }

    int find(int hash, InetSocketAddress wanted, int scope) {
      int set = setOf(hash);
      for (int i = set; i < set + WAYS; i++) {
        InetSocketAddress there = address[i];
        if (there != null
            && this.hash[i] == hash
            && SocketAddressFormat.scope(portAndScope[i]) == scope
            && there.equals(wanted)) {
          return i;
        }
      }
      return -1;
    }

    int add(int hash, long high, long low, long portAndScope, InetSocketAddress address) {
      int set = setOf(hash);
      if (this.address[set + WAYS - 1] != null && ++displaced > this.hash.length / 16) {
        grow();
        set = setOf(hash);
      }
      for (int i = set + WAYS - 1; i > set; i--) {
        move(i - 1, this, i);
      }
      this.hash[set] = hash;
      this.high[set] = high;
      this.low[set] = low;
      this.portAndScope[set] = portAndScope;
      this.address[set] = address;
      return set;
    }

    private void grow() {
      displaced = 0;
      int size = hash.length;
      if (size == LARGEST) {
        return;
      }
      Table small = new Table();
      small.hash = hash;
      small.high = high;
      small.low = low;
      small.portAndScope = portAndScope;
      small.address = address;
      hash = new int[2 * size];
      high = new long[2 * size];
      low = new long[2 * size];
      portAndScope = new long[2 * size];
      address = new InetSocketAddress[2 * size];
      for (int i = size - 1; i >= 0; i--) {
        InetSocketAddress kept = small.address[i];
        if (kept != null) {
          add(small.hash[i], small.high[i], small.low[i], small.portAndScope[i], kept);
        }
      }
    }

    private void move(int from, Table source, int to) {
      hash[to] = source.hash[from];
      high[to] = source.high[from];
      low[to] = source.low[from];
      portAndScope[to] = source.portAndScope[from];
      address[to] = source.address[from];
    }
  }
}

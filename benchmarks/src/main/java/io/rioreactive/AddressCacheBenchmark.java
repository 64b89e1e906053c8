package io.rioreactive;

import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A peer from the bytes of a slot to its object and back, by how many peers there are. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AddressCacheBenchmark {

  private static final int ADDRESSES = 1 << 10; // of an invocation

  /** How many peers take turns: few, what the cache holds, more than it holds. */
  @Param({"16", "4096", "65536"})
  public int peers;

  private final SocketAddressFormat format = new SocketAddressFormat(10, false);
  private final AddressCache cache = new AddressCache();
  private MemorySegment slots = MemorySegment.NULL;
  private InetSocketAddress[] objects = {};
  private int next;

  /** Writes each peer once. */
  @Setup
  public void fill() throws UnknownHostException {
    slots = Arena.ofAuto().allocate((long) peers * SocketAddressFormat.SIZE, 64);
    objects = new InetSocketAddress[peers];
    for (int i = 0; i < peers; i++) {
      byte[] ip = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      objects[i] = new InetSocketAddress(InetAddress.getByAddress(ip), 40_000);
      format.write(slots, (long) i * SocketAddressFormat.SIZE, objects[i]);
    }
  }

  /** Received: bytes to object. */
  @Benchmark
  @OperationsPerInvocation(ADDRESSES)
  public int read() {
    int sum = 0;
    for (int i = 0; i < ADDRESSES; i++) {
      sum += cache.read(format, slots, (long) next() * SocketAddressFormat.SIZE).getPort();
    }
    return sum;
  }

  /** To be sent: object to bytes. */
  @Benchmark
  @OperationsPerInvocation(ADDRESSES)
  public boolean write() {
    boolean all = true;
    for (int i = 0; i < ADDRESSES; i++) {
      int peer = next();
      all &= cache.write(format, slots, (long) peer * SocketAddressFormat.SIZE, objects[peer]);
    }
    return all;
  }

  private int next() {
    next = next + 1 == peers ? 0 : next + 1;
    return next;
  }
}

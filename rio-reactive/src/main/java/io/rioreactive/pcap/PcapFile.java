package io.rioreactive.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pcap file that is being written: the classic format, raw IP packets, microseconds. Packets wait
 * in memory, so many bytes at most, for the one thread that writes them; what does not fit is
 * counted and missing. Whoever opens the same file shares it.
 *
 * <p>{@link #offer} and {@link #close} are for pumps: they never block, and a disk that fails or
 * hangs is no concern of theirs. {@link #open} blocks.
 */
public final class PcapFile {

  private static final Logger LOG = LoggerFactory.getLogger("io.rioreactive.wiretap");

  /** Bytes that may wait for the disk. */
  static final int MOST_WAITING = 16 << 20;

  /** Bytes of one write: more than the largest packet has. */
  private static final int BUFFER = 256 << 10;

  private static final int MAGIC = 0xA1B2_C3D4; // big-endian, microseconds
  private static final int MAJOR_VERSION = 2;
  private static final int MINOR_VERSION = 4;
  private static final int SNAP_LENGTH = 262_144;
  private static final int LINKTYPE_RAW = 101;
  private static final int HEADER = 24;

  /** How long a file that is opened again may take for its last packets. */
  private static final long LAST_PACKETS_SECONDS = 5;

  private static final Map<Path, PcapFile> OPEN = new HashMap<>();

  private final Path path;
  private final WritableByteChannel channel;
  private final Writer writer = new Writer();
  private final MpscUnboundedAtomicArrayQueue<PcapPacket> queue =
      new MpscUnboundedAtomicArrayQueue<>(256);
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong missing = new AtomicLong();
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean parked = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Nothing more is written: the disk has failed. */
  private volatile boolean failed;

  /** Of the last user, who has left; null until then. */
  private volatile @Nullable Runnable whenClosed;

  private PcapFile(Path path, WritableByteChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Begins a file, in place of one that is there, or joins those who are writing it. Ends with
   * {@link #close}, once for each call.
   *
   * @throws IOException if it cannot be written, with its path
   */
  public static PcapFile open(Path path) throws IOException {
    return open(path, PcapFile::create);
  }

  private static WritableByteChannel create(Path path) throws IOException {
    return FileChannel.open(
        path,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Where files are made. */
  interface Disk {

    /** An empty one, in place of one that is there. */
    WritableByteChannel create(Path path) throws IOException;
  }

  /** For tests, which have disks of their own. */
  static synchronized PcapFile open(Path path, Disk disk) throws IOException {
    Path key = path.toAbsolutePath().normalize();
    OPEN.values().removeIf(file -> file.closed.getCount() == 0);
    PcapFile present = OPEN.get(key);
    if (present != null) {
      if (present.join()) {
        return present;
      }
      present.awaitClosed();
    }
    PcapFile begun;
    try {
      begun = begin(key, disk.create(key));
    } catch (IOException e) {
      throw new IOException("the wiretap's file " + key + " cannot be written: " + e, e);
    }
    OPEN.put(key, begun);
    return begun;
  }

  /** A file over a channel that is empty, and closed with it. */
  private static PcapFile begin(Path path, WritableByteChannel channel) throws IOException {
    try {
      writeAll(channel, header());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    PcapFile file = new PcapFile(path, channel);
    file.writer.start();
    return file;
  }

  private static ByteBuffer header() {
    return ByteBuffer.allocate(HEADER)
        .putInt(MAGIC)
        .putShort((short) MAJOR_VERSION)
        .putShort((short) MINOR_VERSION)
        .putInt(0) // times are UTC
        .putInt(0) // as all write it
        .putInt(SNAP_LENGTH)
        .putInt(LINKTYPE_RAW)
        .flip();
  }

  private static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Whether there is one user more; not if the last one has left. */
  private boolean join() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  private void awaitClosed() throws IOException {
    try {
      if (!closed.await(LAST_PACKETS_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "the wiretap's file "
                + path
                + " is still being written by a connection that has closed: name another");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the wiretap's file " + path + " was closed", e);
    }
  }

  // Any thread

  /** Hands a packet over, or counts it as missing. */
  public void offer(PcapPacket packet) {
    if (failed) {
      missing.incrementAndGet();
      return;
    }
    int size = packet.size();
    if (waitingBytes.addAndGet(size) > MOST_WAITING) {
      waitingBytes.addAndGet(-size);
      if (missing.getAndIncrement() == 0) {
        LOG.warn(
            "{}: the disk is slower than the datagrams: {} bytes wait for it, and what comes now"
                + " is missing in the file",
            path,
            MOST_WAITING);
      }
      return;
    }
    queue.offer(packet);
    if (parked.get()) {
      LockSupport.unpark(writer);
    }
  }

  /** How many packets are not, and will not be, in the file. */
  public long missing() {
    return missing.get();
  }

  /**
   * One user leaves, and offers nothing more.
   *
   * @param whenClosed run when the file is complete and closed, on any thread; at once if others
   *     still write it
   */
  public void close(Runnable whenClosed) {
    if (users.decrementAndGet() > 0) {
      whenClosed.run();
    } else {
      this.whenClosed = whenClosed;
      LockSupport.unpark(writer);
    }
  }

  /** Writes what has been handed over, and looks for more before it sleeps. */
  private final class Writer extends Thread {

    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    /** Packets in the buffer. */
    private int buffered;

    Writer() {
      super("rio-wiretap");
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (!isDone()) {
          PcapPacket packet = queue.poll();
          if (packet != null) {
            take(packet);
          } else if (buffered > 0) {
            write();
          } else {
            await();
          }
        }
      } finally {
        failed = true; // nobody takes what is offered from here on
        end();
      }
    }

    private boolean isDone() {
      return whenClosed != null && buffered == 0 && queue.isEmpty();
    }

    private void await() {
      parked.set(true);
      // What came before parked was set: nobody will wake us for it.
      if (queue.isEmpty() && whenClosed == null) {
        LockSupport.park(PcapFile.this);
      }
      parked.set(false);
    }

    private void take(PcapPacket packet) {
      int size = packet.size();
      if (buffer.remaining() < size) {
        write();
      }
      waitingBytes.addAndGet(-size);
      packet.writeTo(buffer);
      buffered++;
    }

    private void write() {
      if (failed) {
        missing.addAndGet(buffered);
      } else {
        try {
          writeAll(channel, buffer.flip());
        } catch (IOException e) {
          fail(e);
          missing.addAndGet(buffered);
        }
      }
      buffer.clear();
      buffered = 0;
    }

    private void fail(IOException cause) {
      failed = true;
      LOG.error(
          "{}: cannot be written any more; what comes is missing in it, and the connection goes on",
          path,
          cause);
    }

    private void end() {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.error("{}: could not be closed", path, e);
      }
      if (missing.get() > 0) {
        LOG.warn("{}: {} datagrams are missing in it", path, missing);
      }
      closed.countDown();
      Runnable last = whenClosed;
      if (last != null) {
        last.run();
      }
    }
  }
}

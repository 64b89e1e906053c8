package io.rioreactive.pcap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is written, by whom, and what becomes of it when the disk does not play along. */
@Timeout(60)
class PcapFileTest {

  private static final int FILE_HEADER = 24;
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);

  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @BeforeEach
  void captureLog() {
    System.setErr(new PrintStream(log, true, UTF_8));
  }

  @AfterEach
  void restoreLog() {
    System.setErr(standardError);
  }

  private static PcapPacket packet(int length) {
    return new PcapPacket(
        ANY, ANY, PcapPacket.NOT_TOLD, PcapPacket.NOT_TOLD, new byte[length], length);
  }

  private static void closeAndWait(PcapFile file) throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    file.close(closed::countDown);
    assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
  }

  /** A disk that a test holds back, and lets fail. */
  private static final class Disk implements WritableByteChannel {

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private volatile boolean isHeld;
    private volatile boolean isFull;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean isOpen = true;

    @Override
    public int write(ByteBuffer source) throws IOException {
      try {
        if (isHeld) {
          goesOn.await();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (isFull) {
        throw new IOException("No space left on device");
      }
      int count = source.remaining();
      source.position(source.limit());
      bytes.addAndGet(count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return isOpen;
    }

    @Override
    public void close() {
      isOpen = false;
    }
  }

  @Test
  void beginsWithTheHeaderOfTheFormat() throws Exception {
    Path path = Files.writeString(folder.resolve("a.pcap"), "what was there before");
    PcapFile file = PcapFile.open(path);
    closeAndWait(file);

    assertThat(HexFormat.of().formatHex(Files.readAllBytes(path)))
        .isEqualTo("a1b2c3d4" + "00020004" + "00000000" + "00000000" + "00040000" + "00000065");
  }

  @Test
  void packetsAreThereSoonAndNotOnlyAtTheEnd() throws Exception {
    Path path = folder.resolve("a.pcap");
    PcapFile file = PcapFile.open(path);
    file.offer(packet(10));

    await().until(() -> Files.size(path) == FILE_HEADER + packet(10).size());
    file.offer(packet(10)); // to a writer that has gone to sleep
    await().until(() -> Files.size(path) == FILE_HEADER + 2 * packet(10).size());
    closeAndWait(file);
  }

  @Test
  void whoOpensTheSameFileSharesIt() throws Exception {
    Path path = folder.resolve("a.pcap");
    PcapFile file = PcapFile.open(path);
    PcapFile same = PcapFile.open(folder.resolve("x").resolve("..").resolve("a.pcap"));
    assertThat(same).isSameAs(file);
    file.offer(packet(10));
    closeAndWait(file);
    same.offer(packet(20));
    closeAndWait(same);

    assertThat(Files.size(path)).isEqualTo(FILE_HEADER + packet(10).size() + packet(20).size());
  }

  @Test
  void whoOpensItAfterTheLastHasLeftBeginsAnew() throws Exception {
    Path path = folder.resolve("a.pcap");
    PcapFile file = PcapFile.open(path);
    file.offer(packet(10));
    closeAndWait(file);

    closeAndWait(PcapFile.open(path));

    assertThat(Files.size(path)).isEqualTo(FILE_HEADER);
  }

  @Test
  void whoOpensItWhileTheLastStillWritesWaits() throws Exception {
    Disk first = new Disk();
    Disk second = new Disk();
    AtomicReference<PcapFile> opened = new AtomicReference<>();
    Path path = folder.resolve("a.pcap");
    PcapFile file = PcapFile.open(path, ignored -> first);
    first.isHeld = true;
    file.offer(packet(10));
    file.close(() -> {});

    Thread opening = Thread.ofPlatform().start(() -> opened.set(openOn(path, ignored -> second)));
    await().until(() -> opening.getState() == Thread.State.TIMED_WAITING || !opening.isAlive());
    assertThat(opened.get()).isNull();
    first.goesOn.countDown();
    opening.join();

    assertThat(first.isOpen).isFalse();
    closeAndWait(opened.get());
  }

  private static PcapFile openOn(Path path, PcapFile.Disk disk) {
    try {
      return PcapFile.open(path, disk);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedByItsName() {
    Path path = folder.resolve("missing").resolve("a.pcap");

    assertThatThrownBy(() -> PcapFile.open(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("cannot be written");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // which has a disk that is always full
  void aDiskThatIsFullAtTheBeginningIsSaidAtOnce() {
    assertThatThrownBy(() -> PcapFile.open(Path.of("/dev/full")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/dev/full");
  }

  @Test
  void whatDoesNotFitIsCountedAndSaidOnce() throws Exception {
    Disk disk = new Disk();
    PcapFile file = PcapFile.open(Path.of("held"), path -> disk);
    disk.isHeld = true;
    int size = packet(60_000).size();
    int offered = 2 * PcapFile.MOST_WAITING / size;
    for (int i = 0; i < offered; i++) {
      file.offer(packet(60_000));
    }

    assertThat(file.missing()).isBetween((long) offered / 2 - 10, (long) offered / 2 + 1);
    assertThat(log.toString(UTF_8)).containsOnlyOnce("the disk is slower than the datagrams");

    disk.goesOn.countDown();
    closeAndWait(file);
    assertThat(disk.bytes.get()).isEqualTo(FILE_HEADER + (offered - file.missing()) * size);
    assertThat(disk.isOpen).isFalse();
    assertThat(log.toString(UTF_8)).contains(file.missing() + " datagrams are missing in it");
  }

  @Test
  void whenTheDiskHasCaughtUpThereIsRoomAgain() throws Exception {
    Disk disk = new Disk();
    PcapFile file = PcapFile.open(Path.of("held"), path -> disk);
    disk.isHeld = true;
    while (file.missing() == 0) {
      file.offer(packet(60_000));
    }
    long before = disk.bytes.get();
    disk.goesOn.countDown();
    await().until(() -> disk.bytes.get() > before + PcapFile.MOST_WAITING / 2);
    file.offer(packet(60_000));
    closeAndWait(file);

    assertThat(file.missing()).isEqualTo(1);
  }

  @Test
  void aDiskThatFailsEndsTheFileAndHoldsNobodyUp() throws Exception {
    Disk disk = new Disk();
    PcapFile file = PcapFile.open(Path.of("full"), path -> disk);
    disk.isFull = true;
    file.offer(packet(10));
    await().until(() -> file.missing() == 1);
    for (int i = 0; i < 1_000; i++) {
      file.offer(packet(60_000));
    }
    disk.isFull = false;
    file.offer(packet(10));
    closeAndWait(file);

    assertThat(file.missing()).isEqualTo(1_002);
    assertThat(disk.bytes.get()).isEqualTo(FILE_HEADER);
    assertThat(log.toString(UTF_8))
        .containsOnlyOnce("cannot be written any more")
        .contains("No space left on device")
        .contains("1002 datagrams are missing in it");
  }

  @Test
  void whoIsToldOfTheEndMayOpenTheFileAgain() throws Exception {
    Path path = folder.resolve("a.pcap");
    PcapFile file = PcapFile.open(path);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    file.close(
        () -> {
          closed.countDown();
          awaitQuietly(goOn);
        });
    closed.await();

    closeAndWait(PcapFile.open(path)); // though the writer has not ended
    goOn.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package io.rioreactive.samples.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.RioConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The page in a real browser. Without a Chromium these tests are skipped, by its name; where {@code
 * CI} is set they fail. What the screens look like is left in {@code target/screenshots}; those of
 * docs/images, shrunk, are made with {@code -Dscreenshots.seconds=20}.
 */
@Timeout(240)
class PageTest {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int PER_SECOND = 1_000; // datagrams, of 25 lines each

  /** For so long everything goes on before there is a screenshot of it. */
  private static final int SECONDS = Integer.getInteger("screenshots.seconds", 0);

  private static @Nullable Chromium started;

  @BeforeAll
  static void startChromium() throws IOException, InterruptedException {
    Path program = Programs.onPath("Chromium", NAMES);
    // Not a @TempDir: it may still write there when it has been told to end.
    Path profiles = Files.createDirectories(Path.of("target", "chromium").toAbsolutePath());
    started = Chromium.start(program, Files.createTempDirectory(profiles, "profile"));
  }

  @AfterAll
  static void endChromium() throws InterruptedException {
    if (started != null) {
      started.close();
    }
  }

  private static Chromium chromium() {
    if (started == null) {
      throw new IllegalStateException("no Chromium was started");
    }
    return started;
  }

  private record Screen(String name, int width, int height, boolean isPhone, boolean isDark) {}

  private static final Screen PHONE = new Screen("phone-light", 390, 844, true, false);
  private static final Screen DARK_PHONE = new Screen("phone-dark", 390, 844, true, true);
  private static final Screen DESK = new Screen("desk-light", 1000, 900, false, false);
  private static final List<Screen> SCREENS =
      List.of(PHONE, DARK_PHONE, DESK, new Screen("desk-dark", 1000, 900, false, true));

  private static void show(Screen screen) {
    chromium().screen(screen.width(), screen.height(), screen.isPhone(), screen.isDark());
  }

  private static void open(RunningStatsd statsd, Screen screen) {
    show(screen);
    chromium().open(statsd.url());
    chromium().awaitTrue("Number(document.body.dataset.ticks) >= 4");
    chromium().awaitTrue("document.getElementById('state').textContent === 'live'");
  }

  @Test
  void showsWhatComes() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      RioConnection load = DemoLoad.start(statsd.udp(), PER_SECOND);
      try {
        for (Screen screen : SCREENS) {
          open(statsd, screen);
          chromium().awaitTrue("document.getElementById('metrics').rows.length >= 6");
          chromium().awaitTrue("document.getElementById('verdict').className === 'good'");
          assertThat(number("lines")).isPositive();
          assertThat(number("posted")).isPositive();
          assertThat(text("posted")).endsWith(" of 256");
          assertFitsTheScreen();
          assertIsDark(screen.isDark());
          for (String chart : List.of("receives", "losses", "rates")) {
            chromium().awaitTrue("(" + COLOURS + ")('" + chart + "') >= 3"); // grid, axes, a line
          }
          chromium().screenshot(SCREENSHOTS.resolve(screen.name() + ".png"));
          assertThat(chromium().requests())
              .isNotEmpty()
              .allMatch(url -> url.startsWith(statsd.url()));
          assertThat(chromium().complaints()).isEmpty();
        }
        assertACursorShowsOneMomentInAllCharts();
      } finally {
        load.disposeNow();
      }
    }
  }

  private static void assertACursorShowsOneMomentInAllCharts() {
    chromium().awaitTrue("charts.every((it) => it.plot.legend.idx === null)"); // the latest
    chromium().pointAt("#receives .u-over", 0.98);
    chromium().awaitTrue("charts.every((it) => it.plot.legend.idx > 0)");
    chromium().awaitTrue("charts.every((it) => it.plot.legend.idx === charts[0].plot.legend.idx)");
  }

  /** How many colours a chart has, by its opaque pixels. */
  private static final String COLOURS =
      """
      (id) => {
        const canvas = document.querySelector(`#${id} canvas`);
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const colours = new Set();
        for (let i = 0; i < pixels.length; i += 4) {
          if (pixels[i + 3] === 255) {
            colours.add(`${pixels[i]} ${pixels[i + 1]} ${pixels[i + 2]}`);
          }
        }
        return colours.size;
      }
      """;

  private static String text(String id) {
    return chromium().evaluate("document.getElementById('" + id + "').textContent");
  }

  private static double number(String id) {
    String text = text(id);
    Matcher digits = Pattern.compile("^[\\d,]+").matcher(text);
    assertThat(digits.find()).as(text).isTrue();
    return Double.parseDouble(digits.group().replace(",", ""));
  }

  /** Nothing is wider than the screen, and what is to be touched is as large as a finger. */
  private static void assertFitsTheScreen() {
    assertThat(
            chromium()
                .evaluate(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
        .isEqualTo("true");
    assertThat(
            chromium()
                .evaluate("document.getElementById('delay').getBoundingClientRect().height >= 24"))
        .isEqualTo("true");
  }

  private static void assertIsDark(boolean isDark) {
    String back = chromium().evaluate("getComputedStyle(document.body).backgroundColor");
    Matcher red = Pattern.compile("rgb\\((\\d+),").matcher(back);
    assertThat(red.find()).as(back).isTrue();
    assertThat(Integer.parseInt(red.group(1)) < 128).as(back).isEqualTo(isDark);
  }

  @Test
  void aClockThatIsSetBackStopsNothing() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      open(statsd, DESK);
      chromium().evaluate("onTick({...last, number: last.number + 1, time: last.time - 3600000})");
      chromium().evaluate("window.back = seen");
      chromium().awaitTrue("seen >= back + 3 && times.length <= seen - 4");
      chromium().awaitTrue("times.every((time, i) => i === 0 || time > times[i - 1])");
      assertThat(chromium().complaints()).isEmpty();
    }
  }

  @Test
  void fewSlotsAndAKernelThatTellsNothingAreNoBadNews() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      open(statsd, DESK);
      String verdict =
          chromium()
              .evaluate(
                  """
                  (() => {
                    for (let i = 1; i <= LATELY; i++) {
                      onTick({...last, number: last.number + 1, time: last.time + 500,
                          posted: 32, slots: 32, kernelDrops: null});
                    }
                    return document.getElementById('verdict').textContent;
                  })()
                  """);
      assertThat(verdict).isEqualTo("Keeps up: 32 receives are posted.");
    }
  }

  /** A person slows the sink down, sees why datagrams are lost, and takes it back. */
  @Test
  void theSliderShowsBackpressure() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      assumeTrue(
          statsd.connection().stats().kernelDrops().isPresent(),
          "the provider here does not tell the kernel's drops");
      RioConnection load = DemoLoad.start(statsd.udp(), PER_SECOND);
      try {
        open(statsd, DARK_PHONE);
        lookOn();

        slide(8);
        chromium().awaitTrue("document.getElementById('delay-text').textContent === '1,000 ms'");
        chromium().awaitTrue("last.delayMillis === 1000 && last.posted < 64");
        chromium().awaitTrue("last.kernelDrops > 0 && columns.get('kernel').at(-1) > 0");
        chromium().awaitTrue("document.getElementById('verdict').className === 'bad'");
        assertThat(number("kernel")).isPositive();
        lookOn();
        assertFitsTheScreen();
        chromium().screenshot(SCREENSHOTS.resolve("slow.png"));

        slide(0);
        chromium().awaitTrue("last.delayMillis === 0 && columns.get('kernel').at(-1) === 0");
        chromium().awaitTrue("last.posted >= 64");
        chromium().awaitTrue("document.getElementById('verdict').className === 'good'");
        lookOn();
        show(DESK); // what has been drawn is drawn anew, in other sizes and colours
        chromium()
            .awaitTrue("charts.every((it, i) => it.plot.width === byId(CHARTS[i].id).clientWidth)");
        assertFitsTheScreen();
        assertIsDark(false);
        chromium().screenshot(SCREENSHOTS.resolve("recovered.png"));
        assertThat(chromium().complaints()).isEmpty();
      } finally {
        load.disposeNow();
      }
    }
  }

  private static void lookOn() {
    String since = chromium().evaluate("last.time");
    chromium().awaitTrue("last.time >= " + since + " + " + SECONDS * 1_000);
  }

  /** As a finger does. */
  private static void slide(int place) {
    String ignored =
        chromium()
            .evaluate(
                """
                (() => {
                  const slider = document.getElementById('delay');
                  slider.value = '%d';
                  slider.dispatchEvent(new Event('input'));
                })()
                """
                    .formatted(place));
  }

  /** The server goes and comes back on the same port: the page goes on by itself. */
  @Test
  void thePageComesBackWithTheServer() throws IOException {
    int port;
    String seen;
    try (RunningStatsd first = RunningStatsd.start()) {
      port = first.httpPort();
      open(first, PHONE);
      seen = chromium().evaluate("document.body.dataset.ticks");
    }
    chromium().awaitTrue("document.getElementById('state').className === 'away'");

    try (RunningStatsd second = RunningStatsd.startOnHttpPort(port)) {
      second.send("again:1|c");
      chromium().awaitTrue("document.getElementById('state').textContent === 'live'");
      chromium().awaitTrue("Number(document.body.dataset.ticks) > " + seen);
      chromium().awaitTrue("document.getElementById('metrics').textContent.includes('again')");
    }
  }
}

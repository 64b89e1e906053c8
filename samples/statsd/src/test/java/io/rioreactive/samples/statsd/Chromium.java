package io.rioreactive.samples.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one page, moved by its DevTools protocol over a WebSocket of the JDK's:
 * what is seen there is what a person sees.
 */
final class Chromium implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();

  private Chromium(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(LONG)
            .buildAsync(page, new Messages())
            .join();
  }

  /**
   * Starts it, with a page that shows nothing yet.
   *
   * @param profile a folder that it may write to
   */
  static Chromium start(Path program, Path profile) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox", // it may run as root here, and shows nothing but our own page
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", // no other network
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("chromium.log").toFile())
            .start();
    try {
      Path told = profile.resolve("DevToolsActivePort");
      await().atMost(LONG).until(() -> Files.exists(told) && Files.readAllLines(told).size() >= 2);
      String port = Files.readAllLines(told).getFirst();
      HttpRequest newPage =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
              .PUT(HttpRequest.BodyPublishers.noBody())
              .timeout(LONG)
              .build();
      String page = HttpClient.newHttpClient().send(newPage, BodyHandlers.ofString()).body();
      JsonNode target = JSON.readTree(page);
      Chromium chromium =
          new Chromium(process, URI.create(target.path("webSocketDebuggerUrl").stringValue()));
      for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
        chromium.call(domain + ".enable", Map.of());
      }
      return chromium;
    } catch (RuntimeException | IOException | InterruptedException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** What it says comes in parts; a whole message is an answer or an event. */
  private final class Messages implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        onMessage(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void onMessage(JsonNode message) {
    JsonNode id = message.path("id");
    if (id.isMissingNode()) {
      events.add(message);
      return;
    }
    CompletableFuture<JsonNode> answer = answers.remove(id.intValue());
    if (answer != null) {
      answer.complete(message);
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    String call = JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(call, true).join();
    JsonNode message = answer.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    if (message.has("error")) {
      throw new AssertionError(method + ": " + message.path("error"));
    }
    return message.path("result");
  }

  /** A screen of this size, and what its owner prefers. */
  void screen(int width, int height, boolean isPhone, boolean isDark) {
    call("Emulation.setScrollbarsHidden", Map.of("hidden", true)); // as a screenshot has none
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", isPhone));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /** By way of an empty page, so that nothing of the one before is taken for what is to come. */
  void open(String url) {
    call("Page.navigate", Map.of("url", "about:blank"));
    awaitTrue("location.href === 'about:blank'");
    events.clear();
    call("Page.navigate", Map.of("url", url));
  }

  /** The value of an expression in the page, as text; of a promise, what comes of it. */
  String evaluate(String expression) {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of(
                "expression",
                "Promise.resolve(" + expression + ").then(String)",
                "awaitPromise",
                true,
                "returnByValue",
                true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value").stringValue();
  }

  /** Waits until an expression is true; that of a page which is only coming may still fail. */
  void awaitTrue(String expression) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(evaluate(expression)).as(expression).isEqualTo("true"));
  }

  /**
   * Moves the mouse over an element: half its height down, and so much of its width from the left.
   */
  void pointAt(String selector, double part) {
    String box = "document.querySelector('" + selector + "').getBoundingClientRect()";
    double x = Double.parseDouble(evaluate(box + ".x + " + part + " * " + box + ".width"));
    double y = Double.parseDouble(evaluate(box + ".y + " + box + ".height / 2"));
    call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
  }

  /** What the page has loaded or tried to. */
  List<String> requests() {
    return events.stream()
        .filter(event -> event.path("method").stringValue().equals("Network.requestWillBeSent"))
        .map(event -> event.path("params").path("request").path("url").stringValue())
        .toList();
  }

  /** What a developer would see in red. */
  List<String> complaints() {
    return events.stream()
        .filter(
            event ->
                switch (event.path("method").stringValue()) {
                  case "Runtime.exceptionThrown" -> true;
                  case "Log.entryAdded" ->
                      event
                          .path("params")
                          .path("entry")
                          .path("level")
                          .stringValue()
                          .equals("error");
                  default -> false;
                })
        .map(JsonNode::toString)
        .toList();
  }

  /** Writes the whole page as a PNG. */
  void screenshot(Path file) throws IOException {
    JsonNode size = call("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
    Map<String, Number> whole =
        Map.of(
            "x",
            0,
            "y",
            0,
            "scale",
            1,
            "width",
            size.path("width").doubleValue(),
            "height",
            size.path("height").doubleValue());
    JsonNode shot =
        call(
            "Page.captureScreenshot",
            Map.of("format", "png", "captureBeyondViewport", true, "clip", whole));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(shot.path("data").stringValue()));
  }

  @Override
  public void close() throws InterruptedException {
    socket.abort();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

@echo off
rem Runs a sample: samples\run NAME [options]; without a name the samples are listed.
rem Builds first what is missing or older than its sources. JAVA_OPTS is handed to the JVM.
setlocal EnableExtensions DisableDelayedExpansion
set "here=%~dp0"
set "here=%here:~0,-1%"
for %%d in ("%here%\..") do set "root=%%~fd"

rem A sample with dependencies of its own is a module in a folder of its own; the others share a jar. The jar is made
rem last, so it marks a complete build. An application may use any module of the library.
set "application="
if not "%~1"=="" if exist "%here%\%~1\pom.xml" if exist "%here%\%~1\src\main" set "application=%~1"
if defined application (
  set "module=samples/%application%"
  set "parents=pom.xml;samples\app-parent\pom.xml"
  set "libraries=rio-reactive*"
  set "built=%here%\%application%\target\%application%-app.jar"
) else (
  set "module=samples"
  set "parents=pom.xml"
  set "libraries=rio-reactive"
  set "built=%here%\target\samples.jar"
)
if defined application if "%~2"=="--help" if exist "%here%\%application%\README.md" (
  type "%here%\%application%\README.md"
  exit /b 0
)

call :find_jdk
if not defined jdk (
  echo samples\run: needs a JDK 25 or newer and found none: install one, for example Eclipse Temurin 25, and set JAVA_HOME to it. >&2
  exit /b 1
)
call :is_stale
if errorlevel 1 (
  call :build
  if errorlevel 1 exit /b 1
)
if defined application goto start_application
"%jdk%\bin\java.exe" %JAVA_OPTS% --enable-native-access=io.rioreactive "-Dsamples.folder=%here%" -p "%built%;%here%\target\lib" -m io.rioreactive.samples/io.rioreactive.samples.Samples %*
exit /b %ERRORLEVEL%

:start_application
rem The options: all but the first word. A shift would not do, for it leaves %%* as it is.
set "options="
for /f "tokens=1,*" %%a in ("%*") do set "options=%%b"
rem Some of their libraries still use sun.misc.Unsafe, and the JVM would say so among what the sample prints.
"%jdk%\bin\java.exe" --sun-misc-unsafe-memory-access=allow %JAVA_OPTS% -jar "%built%" %options%
exit /b %ERRORLEVEL%

:find_jdk
set "jdk="
if defined JAVA_HOME call :try "%JAVA_HOME%"
if defined JAVA25_HOME call :try "%JAVA25_HOME%"
for /f "delims=" %%j in ('where java.exe 2^>nul') do call :try "%%~dpj.."
for %%v in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft") do (
  for /d %%d in ("%ProgramFiles%\%%~v\*") do call :try "%%d"
)
for /d %%d in ("%USERPROFILE%\.jdks\*") do call :try "%%d"
exit /b 0

rem Takes the JDK in the folder %1 unless one was found before, or its version is below 25.
:try
if defined jdk exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "major="
for /f "tokens=2 delims==." %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do set "major=%%~v"
set "major=%major:"=%"
if not defined major exit /b 0
if %major% GEQ 25 set "jdk=%~f1"
exit /b 0

rem Exits with 1 if something must be built. Folders count too: theirs is the change when a file is deleted.
:is_stale
if not exist "%built%" exit /b 1
powershell -NoProfile -NonInteractive -Command "$built = (Get-Item -LiteralPath $env:built).LastWriteTimeUtc; $modules = @((Get-ChildItem -LiteralPath $env:root -Directory -Filter $env:libraries).Name) + $env:module; $sources = @($env:parents -split ';') + ($modules | ForEach-Object { ($_ + '\pom.xml'); ($_ + '\src\main') }) | ForEach-Object { $path = Join-Path $env:root $_; Get-Item -LiteralPath $path; Get-ChildItem -LiteralPath $path -Recurse }; if ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built }) { exit 1 }"
exit /b %ERRORLEVEL%

:build
where mvn >nul 2>nul
if errorlevel 1 (
  echo samples\run: needs Maven, mvn, to build, and it is not on the PATH. >&2
  exit /b 1
)
echo building ^(first run, or sources have changed^) ... >&2
rem Maven itself may run on an older Java; this tells it where the newer one is.
set "JAVA25_HOME=%jdk%"
if not defined JAVA_HOME set "JAVA_HOME=%jdk%"
set "log=%TEMP%\samples-build-%RANDOM%%RANDOM%.log"
rem The compiler's checks stay on: "mvn verify" does not compile again what is compiled here.
call mvn -q -B -ntp -f "%root%\pom.xml" -pl %module% -am package -Dmaven.test.skip -Dmaven.javadoc.skip -Dmaven.source.skip -Dformat.skip >"%log%" 2>&1
if errorlevel 1 (
  type "%log%" >&2
  del "%log%"
  echo samples\run: the build failed, see above. >&2
  exit /b 1
)
del "%log%"
exit /b 0

package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeFileTest {
    private static final ImportMark MARK = new ImportMark(6, 2, OptionalLong.of(3));

    @TempDir
    private Path directory;

    private Path input;

    @BeforeEach
    void writeInput() throws IOException {
        input = directory.resolve("records.tsv");
        Files.writeString(input, "a\t1\nb\t2\n");
    }

    @Test
    void returnsWhatWasWritten() throws IOException {
        ResumeFile.of(input).write(MARK);

        assertThat(ResumeFile.of(input).read()).contains(MARK);
        assertThat(directory.resolve("records.tsv.resume")).exists();
        assertThat(directory.resolve("records.tsv.resume.new")).doesNotExist();
    }

    /** If this fails, imports that another release began can no longer be resumed: the format version must change. */
    @Test
    void writesTheSameTextAsEver() throws IOException {
        Files.setLastModifiedTime(input, FileTime.from(Instant.parse("2026-11-21T10:45:02.123456Z")));
        String withoutStored = """
                hightower import resume, format 1
                bytes=8
                modified=2026-11-21T10:45:02.123456Z
                offset=6
                line=2
                """;
        ResumeFile resume = ResumeFile.of(input);

        resume.write(MARK);
        assertThat(Files.readString(resume.path())).isEqualTo(withoutStored + "lastStored=3\n");
        assertThat(resume.read()).contains(MARK);

        ImportMark nothingStored = new ImportMark(6, 2, OptionalLong.empty());
        resume.write(nothingStored);
        assertThat(Files.readString(resume.path())).isEqualTo(withoutStored);
        assertThat(resume.read()).contains(nothingStored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2", "10", ""})
    void namesEveryOtherFormatVersion(String version) throws IOException {
        ResumeFile resume = ResumeFile.of(input);
        resume.write(MARK);
        String other = Files.readString(resume.path()).replace("format 1\n", "format " + version + "\n");
        Files.writeString(resume.path(), other);

        assertThatThrownBy(resume::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--no-resume")
                .hasMessageEndingWith("found=format " + version + " supported=format 1");
    }

    @Test
    void keepsTheLastOfSeveralMarks() throws IOException {
        ResumeFile resume = ResumeFile.of(input);
        resume.write(MARK);
        ImportMark later = new ImportMark(8, 2, OptionalLong.empty());

        resume.write(later);

        assertThat(ResumeFile.of(input).read()).contains(later);
    }

    @Test
    void findsNothingWhereNoImportWasInterrupted() throws IOException {
        assertThat(ResumeFile.of(input).read()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenDeleted() throws IOException {
        ResumeFile resume = ResumeFile.of(input);
        resume.write(MARK);

        resume.delete();

        assertThat(directory).isDirectoryNotContaining("glob:**.resume*");
    }

    @Test
    void refusesInputOfAnotherSize() throws IOException {
        ResumeFile.of(input).write(MARK);
        FileTime modified = Files.getLastModifiedTime(input);
        Files.writeString(input, "a\t1\nb\t2\nc\t3\n");
        Files.setLastModifiedTime(input, modified);

        assertThatThrownBy(() -> ResumeFile.of(input).read())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The input changed")
                .hasMessageContaining("--no-resume");
    }

    @Test
    void refusesInputThatWasWrittenAgain() throws IOException {
        ResumeFile.of(input).write(MARK);
        Files.setLastModifiedTime(input, FileTime.from(Instant.ofEpochSecond(1_000_000)));

        assertThatThrownBy(() -> ResumeFile.of(input).read()).hasMessageContaining("The input changed");
    }

    @Test
    void refusesFileThatIsNoResumeFile() throws IOException {
        for (String content : new String[] {"", "shopping list\n", "hightower import resume\noffset=3\n"}) {
            Files.writeString(directory.resolve("records.tsv.resume"), content);

            assertThatThrownBy(() -> ResumeFile.of(input).read())
                    .as(content)
                    .hasMessageContaining("no resume file, or damaged");
        }
    }

    @Test
    void refusesDamagedNumbers() throws IOException {
        ResumeFile resume = ResumeFile.of(input);
        resume.write(MARK);
        String good = Files.readString(resume.path());
        for (String bad : new String[] {good.replace("offset=6", "offset=-6"), good.replace("line=2", "line=x")}) {
            Files.writeString(resume.path(), bad);

            assertThatThrownBy(resume::read).as(bad).hasMessageContaining("no resume file, or damaged");
        }
    }
}

//! What the tests through the binary share: a small corpus of our own, a model trained on it, and ways to run the command.

#![allow(dead_code, reason = "each test crate uses its own part")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use assert_cmd::Command;
use tempfile::TempDir;

/// The command, with colours off whatever the environment says.
pub fn musamma() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_musamma"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the command with arguments and stdin.
pub fn run_with<S: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = S>,
    stdin: impl Into<Vec<u8>>,
) -> Run {
    let output = musamma()
        .args(arguments)
        .write_stdin(stdin)
        .output()
        .expect("the command starts");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("stdout is text"),
        stderr: String::from_utf8(output.stderr).expect("stderr is text"),
    }
}

/// Runs the command with the words of a line as arguments.
pub fn run(line: &str) -> Run {
    run_with(line.split_whitespace(), "")
}

impl Run {
    /// What it wrote to stdout, if it ended well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "exit code of {self:#?}");
        self.stdout
    }

    /// What it wrote to stderr, if it ended with exit code 1 and an error message.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "exit code of {self:#?}");
        assert!(
            self.stderr.contains("error: ") && !self.stderr.contains("panicked"),
            "a message, not a panic: {self:#?}"
        );
        self.stderr
    }
}

const PERSONS: &[&str] = &[
    "محمود توفيق",
    "ليلى الحداد",
    "سالم القاسمي",
    "نادية فؤاد",
    "طارق الزين",
    "هدى منصور",
];
const PLACES: &[&str] = &["القاهرة", "بيروت", "عمّان", "تونس", "دمشق", "صنعاء"];
const ORGANISATIONS: &[&str] = &[
    "وزارة الصحة",
    "اتحاد الكتاب",
    "نادي النجوم",
    "بنك الوادي",
    "جامعة الساحل",
    "هيئة الموانئ",
];
/// Sentences with places for a person, a place and an organisation.
const TEMPLATES: &[&str] = &[
    "قال الوزير PER في LOC إن ORG ستعلن النتائج غدا .",
    "زار PER مدينة LOC أمس بدعوة من ORG .",
    "وأكدت ORG أن PER وصل إلى LOC صباح اليوم .",
    "التقى PER رئيس ORG في العاصمة LOC .",
    "زار PER LOC .",
    "قال PER إن الموعد لم يتغير .",
    "لم تعلن الجهات المنظمة موعد الاجتماع المقبل حتى الآن .",
];

/// A corpus in `CoNLL`: `n` documents of seven sentences, with meta lines. `seed` varies who is where.
pub fn corpus(n: usize, seed: usize) -> String {
    let mut file = String::new();
    for d in 0..n {
        let _ = writeln!(
            file,
            "# doc = خبر-{seed}-{d}\n# domain = politics\n# country = EG"
        );
        for (s, template) in TEMPLATES.iter().enumerate() {
            for word in template.split(' ') {
                let at = seed + 7 * d + s + d * s;
                let (kind, name) = match word {
                    "PER" => ("PER", PERSONS[at % 6]),
                    "LOC" => ("LOC", PLACES[(at / 2) % 6]),
                    "ORG" => ("ORG", ORGANISATIONS[(at / 3) % 6]),
                    _ => ("", word),
                };
                for (i, token) in name.split(' ').enumerate() {
                    let _ = match (kind, i) {
                        ("", _) => writeln!(file, "{token}\tO"),
                        (kind, 0) => writeln!(file, "{token}\tB-{kind}"),
                        (kind, _) => writeln!(file, "{token}\tI-{kind}"),
                    };
                }
            }
            file.push('\n');
        }
    }
    file
}

/// A folder with `train.conll`, `dev.conll` and `model.mus`, made once per test crate.
pub struct Fixture {
    folder: TempDir,
}

/// The files that most tests need.
pub static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fixture = Fixture { folder };
    fixture.write("train.conll", corpus(24, 0));
    fixture.write("dev.conll", corpus(4, 3));
    let arguments = [
        "train",
        &fixture.path("train.conll"),
        "--model",
        &fixture.path("model.mus"),
    ];
    run_with(arguments.into_iter().chain(["--no-lists", "--quiet"]), "").ok();
    fixture
});

impl Fixture {
    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Writes a file, and gives its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    }

    /// The model that knows the names of [`corpus`].
    pub fn model(&self) -> String {
        self.path("model.mus")
    }
}

/// A folder or file of the data at hand; `None`, with a line that says so, where it is missing.
pub fn shared_data(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(path);
    if !path.exists() {
        #[allow(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: {} is not at hand", path.display());
        }
        return None;
    }
    Some(path)
}

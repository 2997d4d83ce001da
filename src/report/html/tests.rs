use super::*;
use crate::corpus::{Document, Sentence};
use crate::evaluate::{Belief, Breakdown, Predicted};
use crate::label::Span;
use crate::report::{Cases, Provenance, Source};

fn report(text: &str) -> (EvaluationReport, Vec<Case>) {
    let mut document = Document::new(text);
    document.sentences.push(Sentence {
        tokens: vec![text.to_owned(), "قال".to_owned(), text.to_owned()],
        spans: vec![Span::new(0, 1, text), Span::new(2, 3, "PER")],
        line: 1,
        ..Sentence::default()
    });
    let belief = |entity| Belief {
        entity,
        outside: 0.1,
    };
    let run = vec![vec![Predicted {
        spans: vec![Span::new(0, 2, "PER"), Span::new(2, 3, "PER")],
        beliefs: vec![belief(0.8), belief(0.7)],
        gold_beliefs: vec![belief(0.1), belief(0.7)],
    }]];
    let documents = [document];
    let runs = [run];
    let files = [text.to_owned()];
    let cases = Cases::new(&documents, &files).all(&runs);
    let scores = Scorecard::new(&Breakdown::new(&documents, &runs, |_| false), None, 100, 1);
    let provenance = Provenance::new(vec![Source::new(text, &documents)]);
    (EvaluationReport::new(scores, provenance), cases)
}

#[test]
fn the_data_cannot_break_out_of_its_place() {
    let evil = "</script><img src=x onerror=alert(1)>\"'&";
    let (report, cases) = report(evil);
    let page = evaluation_page(&report, &cases).expect("draws");
    assert!(!page.contains("<img") && !page.contains("onerror=alert(1)>\""));
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(page.contains("&lt;/script&gt;"));
}

#[test]
fn pages_are_self_contained_and_right_to_left() {
    let (report, cases) = report("سامي");
    let page = evaluation_page(&report, &cases).expect("draws");
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(page.contains("mark class=\"g p\"") && page.contains("mark class=\"p\""));
    assert!(page.contains("<svg role=\"img\""));
    for outside in ["src=\"http", "href=\"http", "@import", "url("] {
        assert!(
            !page.contains(outside),
            "{outside} would reach for the network"
        );
    }
}

#[test]
fn many_files_are_one_name_and_a_link_to_all() {
    let sources = |n: usize| -> Vec<Source> {
        let names = (1..=n).map(|i| format!("news/{i}.conll"));
        names.map(|name| Source::new(&name, &[])).collect()
    };
    let few = sources::line(&Provenance::new(sources(3)));
    assert!(
        few.contains("news/3.conll") && !few.contains("<a "),
        "{few}"
    );
    let many = sources::line(&Provenance::new(sources(16)));
    assert!(many.contains("news/1.conll") && !many.contains("news/2.conll"));
    assert!(
        many.contains("<a href=\"#sources\">") && many.contains(">16</bdi>"),
        "{many}"
    );
}

#[test]
fn tags_are_balanced() {
    let (report, cases) = report("سامي");
    let page = evaluation_page(&report, &cases).expect("draws");
    for tag in [
        "section", "table", "div", "figure", "ol", "li", "p", "mark", "dl", "select", "svg", "bdi",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        let closed = page.matches(&format!("</{tag}>")).count();
        assert_eq!(opened, closed, "<{tag}>");
    }
}

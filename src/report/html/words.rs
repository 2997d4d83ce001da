//! The words of the page: English terms and their Arabic.

use super::page::escape;

/// (English, Arabic), in the order of the page.
const WORDS: &[(&str, &str)] = &[
    ("evaluation report", "تقرير التقييم"),
    ("cross-validation report", "تقرير التحقق المتقاطع"),
    ("explanation", "تعليل الوسوم"),
    ("contents", "المحتويات"),
    ("to the content", "إلى المحتوى"),
    ("made with", "أُنشئ بواسطة"),
    // Sections.
    ("charts", "رسوم بيانية"),
    ("scores in detail", "النتائج بالتفصيل"),
    ("errors in their sentences", "الأخطاء في سياقها"),
    (
        "errors and likely annotation errors",
        "الأخطاء وما يُحتمل أنه خطأ في التوسيم",
    ),
    ("data, model and settings", "البيانات والنموذج والإعدادات"),
    ("number of files", "عدد الملفات"),
    ("text", "النص"),
    // Figures.
    ("f1", "المقياس F1"),
    ("precision", "الضبط"),
    ("recall", "الاستدعاء"),
    ("macro f1", "متوسط F1 للأنواع"),
    ("token accuracy", "دقة الكلمات"),
    ("mean f1 of the folds", "متوسط F1 للطيّات"),
    ("95 % interval", "مجال الثقة 95٪:"),
    ("documents", "وثيقة"),
    ("sentences", "جملة"),
    ("tokens", "كلمة"),
    ("gold entities", "كيانًا معتمدًا"),
    ("predicted entities", "كيانًا متوقَّعًا"),
    ("predictions", "التوقعات"),
    // Charts.
    ("scores by type", "النتائج بحسب النوع"),
    ("f1 of the folds", "F1 في كل طيّة"),
    ("fold", "الطيّة"),
    ("f1 of a fold", "F1 في طيّة"),
    ("mean", "المتوسط"),
    ("± sd", "الانحراف المعياري"),
    ("sd", "الانحراف المعياري"),
    ("learning curve", "منحنى التعلّم"),
    ("training tokens", "كلمات التدريب"),
    (
        "seen and unseen mentions",
        "الاستدعاء فيما ورد في التدريب وما لم يرد",
    ),
    ("seen", "ورد"),
    ("unseen", "لم يرد"),
    ("reliability of confidences", "صدق درجات الثقة"),
    ("confidence", "الثقة"),
    ("accuracy", "الصحة"),
    ("perfect calibration", "المعايرة التامة"),
    ("threshold on confidence", "أثر حدّ أدنى للثقة"),
    ("confusion of types", "الخلط بين الأنواع"),
    (
        "rows: gold; columns: predicted; O: none",
        "الصفوف: المعتمد؛ الأعمدة: المتوقَّع؛ O: لا كيان",
    ),
    // Tables.
    (
        "Scores (type and boundaries right, %)",
        "النتائج عند صحة النوع والحدود (٪)",
    ),
    ("Ways of matching (%)", "طرائق المطابقة (٪)"),
    ("Errors", "الأخطاء"),
    (
        "Recall on mentions that are in the training data, and on others (%)",
        "الاستدعاء فيما ورد في التدريب وما لم يرد (٪)",
    ),
    ("By length in tokens (%)", "بحسب الطول بالكلمات (٪)"),
    (
        "By proclitic written to the first word (%)",
        "بحسب اتصال حرف (و ف ب ل ك) بأول الاسم (٪)",
    ),
    ("By domain (%)", "بحسب المجال (٪)"),
    ("By genre (%)", "بحسب الجنس الصحفي (٪)"),
    ("By country (%)", "بحسب البلد (٪)"),
    (
        "Confusion, same boundaries (columns: predicted)",
        "الخلط مع تطابق الحدود (الأعمدة: المتوقَّع)",
    ),
    (
        "Confusion, other boundaries (columns: predicted)",
        "الخلط مع اختلاف الحدود (الأعمدة: المتوقَّع)",
    ),
    ("Confidence against accuracy (%)", "الثقة مقابل الصحة (٪)"),
    (
        "Predictions of a confidence or more (%)",
        "التوقعات عند ثقة لا تقل عن حدّ (٪)",
    ),
    ("Folds (type and boundaries right, %)", "الطيّات (٪)"),
    ("Learning curve (%)", "منحنى التعلّم (٪)"),
    (
        "All out-of-fold predictions pooled:",
        "كل التوقعات خارج طيّات التدريب مجتمعة:",
    ),
    // Columns and rows.
    ("domain", "المجال"),
    ("genre", "الجنس"),
    ("country", "البلد"),
    (
        "confidence; above each bar the number of predictions",
        "الثقة؛ وفوق كل عمود عدد التوقعات",
    ),
    ("support", "المعتمد"),
    ("predicted", "المتوقَّع"),
    ("gold", "المعتمد"),
    ("tp", "صائب"),
    ("fp", "زائد"),
    ("fn", "فائت"),
    ("95 % from", "95٪ من"),
    ("to", "إلى"),
    ("of", "من"),
    ("unseen share", "نسبة ما لم يرد"),
    ("number", "العدد"),
    ("share of errors", "النسبة من الأخطاء"),
    ("share", "النسبة"),
    ("train tokens", "كلمات التدريب"),
    ("test tokens", "كلمات الاختبار"),
    ("entities", "الكيانات"),
    ("mean confidence", "متوسط الثقة"),
    ("correct", "صحيح"),
    ("incorrect", "خاطئ"),
    ("partial", "جزئي"),
    ("missed", "فائت"),
    ("spurious", "زائد"),
    ("type", "النوع"),
    ("boundary", "الحدود"),
    ("type and boundary", "النوع والحدود"),
    ("strict", "صارمة"),
    ("exact", "الحدود"),
    ("micro", "الإجمال"),
    ("macro", "متوسط الأنواع"),
    ("all", "الكل"),
    ("attached", "متصل بحرف"),
    ("bare", "مجرد"),
    // List of errors.
    ("search", "بحث"),
    ("kind of error", "نوع الخطأ"),
    ("type of entity", "نوع الكيان"),
    ("sort by", "ترتيب بحسب"),
    ("suspicion", "الاشتباه في المعتمد"),
    ("order in the text", "الموضع في النص"),
    ("length", "الطول"),
    ("reverse", "عكس الترتيب"),
    ("clear", "مسح"),
    ("shown", "المعروض"),
    ("none", "لا شيء"),
    ("no errors", "لا أخطاء."),
    ("gold entity", "الكيان المعتمد"),
    ("predicted entity", "الكيان المتوقَّع"),
    ("both", "كلاهما"),
    // Explanations.
    ("label", "الوسم"),
    ("runner-up", "الوسم التالي"),
    ("margin", "الفارق"),
    ("probability", "الاحتمال"),
    ("difference", "الفرق"),
    ("feature", "السمة"),
    ("score", "الدرجة"),
    ("behind", "التأخر عن الأفضل"),
    ("more features", "سمات أخرى"),
    // Sources.
    ("gold data", "البيانات المعتمدة"),
    ("predictions from", "توقعات من"),
    ("model", "النموذج"),
    ("training data", "بيانات التدريب"),
    ("name", "الاسم"),
    ("hash", "البصمة"),
    ("configuration", "الإعدادات"),
    ("renamed types", "أنواع أُعيدت تسميتها"),
    ("iterations", "التكرارات"),
    ("weights", "الأوزان"),
];

/// The Arabic of an English term; the term itself where there is none, such as a type.
pub(super) fn arabic(english: &str) -> &str {
    let found = WORDS.iter().find(|(word, _)| *word == english);
    found.map_or(english, |(_, arabic)| arabic)
}

/// A term in Arabic with the English beside it, as HTML; a term without Arabic alone, left to right.
pub(crate) fn term(english: &str) -> String {
    let arabic = arabic(english);
    if arabic == english {
        return format!("<bdi dir=\"ltr\">{}</bdi>", escape(english));
    }
    format!(
        "{} <small lang=\"en\" dir=\"ltr\">{}</small>",
        escape(arabic),
        // The unit is in the Arabic already.
        escape(english.trim_end_matches(" (%)"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_term_has_one_arabic() {
        let mut seen = HashSet::new();
        for (english, arabic) in WORDS {
            assert!(seen.insert(english), "{english} is listed twice");
            assert!(
                arabic.chars().any(|c| ('ء'..='ي').contains(&c)),
                "{arabic} is not Arabic"
            );
        }
    }

    #[test]
    fn terms_show_both_languages() {
        assert!(term("recall").starts_with("الاستدعاء <small"));
        assert_eq!(term("PER"), "<bdi dir=\"ltr\">PER</bdi>");
    }
}

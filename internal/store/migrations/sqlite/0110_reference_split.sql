-- A table begins with the name of the package that owns it. Students and sites have
-- become packages of their own, so their tables take the new names. Nothing else
-- changes: keys, indexes and what refers to a table follow it.

-- +goose Up
ALTER TABLE reference_student RENAME TO student_student;
ALTER TABLE reference_cohort RENAME TO student_cohort;
ALTER TABLE reference_member RENAME TO student_member;
ALTER TABLE reference_leave RENAME TO student_leave;
ALTER TABLE reference_merge RENAME TO student_merge;
ALTER TABLE reference_distinct RENAME TO student_distinct;
ALTER TABLE reference_institution RENAME TO site_institution;
ALTER TABLE reference_category RENAME TO site_category;
ALTER TABLE reference_site RENAME TO site_site;
ALTER TABLE reference_site_closed_level RENAME TO site_closed_level;
ALTER TABLE reference_site_secondary RENAME TO site_secondary;
ALTER TABLE reference_contact RENAME TO site_contact;
ALTER TABLE reference_contact_site RENAME TO site_contact_site;
